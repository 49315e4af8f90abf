-- The carrier a message went to, by its number's prefix; empty where a fact knows none.
alter table usage_record add column network text not null default '';
