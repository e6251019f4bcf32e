-- resource: Organization:carrier
-- versions: 21.1 to 25.3
-- cursor: stamp carrier.SecDateTEdit
-- keys: r.CarrierNum
-- every: 10
-- page: 1000
-- cost: scan
-- noise: TIN, CarrierGroupName, ApptTextBackColor, TrustedEtransFlags
select
  cast(r.SecDateTEdit as char(19)) as stamp, r.CarrierNum as cursor_key, r.CarrierNum as row_key,
  r.CarrierNum, r.CarrierName, r.Address, r.Address2, r.City, r.State, r.Zip, r.Phone, r.ElectID, r.IsHidden
from carrier r
where (r.SecDateTEdit > :#since or (r.SecDateTEdit = :#since and r.CarrierNum > :#after_key)) and r.SecDateTEdit <= :#until
order by r.SecDateTEdit, r.CarrierNum
limit :#most
