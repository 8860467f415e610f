-- Every trigger with its function's source and settings, and every constraint by name; the text says whether each is in force.
SELECT 'trigger ' || c.relname || '.' || t.tgname,
  concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid, true), p.prosecdef, array_to_string(p.proconfig, ' '), p.prosrc)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal
UNION ALL
SELECT 'constraint ' || c.relname || '.' || k.conname, concat_ws(' ', k.contype, k.condeferrable, k.condeferred, k.convalidated)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema()
UNION ALL
SELECT 'index ' || i.tablename || '.' || i.indexname, i.indexdef
FROM pg_indexes i JOIN pg_class c ON c.relname = i.indexname JOIN pg_index x ON x.indexrelid = c.oid
WHERE i.schemaname = current_schema() AND x.indisunique
  AND NOT EXISTS(SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid)
