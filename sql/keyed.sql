-- Never carried out: routes/operations/reconcile puts a feed's own statement by its keys (sql/capture, '-- keys:') in its place.
select 'no feed' as row_key
