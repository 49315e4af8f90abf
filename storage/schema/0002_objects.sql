-- Files of this tenant in its object store, and the uploads that bring them there.

create table stored_object (
    id uuid primary key,                    -- the same as of the upload that brought it
    key text not null unique,               -- its name in the tenant's bucket
    sha256 bytea not null check (length(sha256) = 32),
    size bigint not null check (size > 0),  -- bytes
    media_type text not null,               -- as found in the bytes, not as claimed
    file_name text not null check (length(file_name) between 1 and 160),
    scan text not null check (scan in ('clean', 'unscanned')),
    owner text not null,                    -- who brought it: 'citizen:<id>', 'officer:<id>', 'system'
    stored_at timestamptz not null,
    removed_at timestamptz,                 -- from here on nobody gets it
    erased_at timestamptz,                  -- the bucket no longer holds it
    check (removed_at is null or removed_at >= stored_at),
    check (erased_at is null or removed_at is not null)
);
create index stored_object_by_time on stored_object (stored_at);
create index stored_object_to_erase on stored_object (removed_at)
    where removed_at is not null and erased_at is null;

-- The row comes before the first byte, so whatever an accident leaves behind can be found.
create table upload (
    id uuid primary key,
    owner text not null,
    target text not null,                   -- what it is for: 'draft:<id>', 'dossier:<id>', ...
    slot text not null,                     -- which paper of it
    file_name text not null check (length(file_name) between 1 and 160),
    size bigint not null check (size >= 0), -- bytes announced
    state text not null
        check (state in ('open', 'checking', 'present', 'refused', 'abandoned', 'expired')),
    object_id uuid unique references stored_object,
    refusal text,                           -- code of the reason, when refused
    created_at timestamptz not null,
    expires_at timestamptz not null,
    cleared_at timestamptz,                 -- nothing of it is left outside the bucket's objects
    check ((state = 'present') = (object_id is not null)),
    check ((state = 'refused') = (refusal is not null))
);
create index upload_unfinished_by_owner on upload (owner) where state in ('open', 'checking');
create index upload_unfinished on upload (expires_at) where state in ('open', 'checking');
create index upload_to_clear on upload (id)
    where cleared_at is null and state not in ('open', 'checking');
create index upload_by_target on upload (target, slot, created_at);
