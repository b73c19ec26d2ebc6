create table if not exists resources
(
    id            bigint generated always as identity,
    name          varchar(255) not null,
    category      varchar(100) not null,
    address       varchar(255),
    contact_email varchar(255),
    constraint resources_pk primary key (id),
    constraint resources_named check (name <> ''),
    constraint resources_filed check (btrim(category) <> '')
);

create table if not exists referrals
(
    id            bigint generated always as identity,
    family_name   varchar(255) not null,
    resource_id   bigint       not null,
    referral_date date         not null,
    notes         text,
    constraint referrals_pk primary key (id),
    constraint referrals_to_a_resource foreign key (resource_id) references resources on update cascade on delete restrict
);

create index if not exists referrals_by_resource on referrals (resource_id);
