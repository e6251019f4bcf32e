-- resource: DocumentReference:document
-- versions: 21.1 to 25.3
-- cursor: stamp document.DateTStamp
-- keys: d.DocNum
-- every: 20
-- page: 1000
-- cost: scan
-- noise: CropX, CropY, CropW, CropH, WindowingMin, WindowingMax, DegreesRotated, IsFlipped, Note, Thumbnail, RawBase64, OcrResponseData
-- after: patient, provider
-- Only of patients that are there. Never Note nor RawBase64: both may hold a whole file. ImageFolder and FileName often name the patient: by them the file is found when the document is sent (decision 0340), and no mapping reads them.
select
  cast(d.DateTStamp as char(19)) as stamp, d.DocNum as cursor_key, d.DocNum as row_key,
  d.DocNum, d.PatNum, (select v.ProvNum from provider v where v.ProvNum = d.ProvNum) as ProvNum, d.ImgType, d.Description, cast(d.DateCreated as char(19)) as DateCreated,
  if(d.FileName like '%.%', lower(substring_index(d.FileName, '.', -1)), '') as Extension,
  (select n.ItemName from definition n where n.DefNum = d.DocCategory) as CategoryText,
  p.ImageFolder, d.FileName
from document d
join patient p on p.PatNum = d.PatNum
where (d.DateTStamp > :#since or (d.DateTStamp = :#since and d.DocNum > :#after_key)) and d.DateTStamp <= :#until
order by d.DateTStamp, d.DocNum
limit :#most
