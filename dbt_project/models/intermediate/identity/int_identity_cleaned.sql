{%- set titles = 'mr|mrs|ms|miss|dr|prof|sir|m|mme|mlle|herr|frau|hr|fr|sr|sra|srta|dhr|mevr|sig|dott' -%}
{%- set leading_titles = '^\W*((' ~ titles ~ ')(\.\s*|\s+))+' -%}
{%- set lone_title = '^(mr|mrs|ms|miss|dr|prof|sir|mme|mlle|herr|frau|sra|srta|dhr|mevr|dott)$' -%}
{%- set initials = '^([[:alpha:]]\.?\s+)+' -%}
{%- set generations = '[\s,]+(jr|sr|junior|senior|ii|iii|iv)\.?\W*$' -%}
{%- set street_words = [
    'street|strasse|str|st|rue|r|road|rd|avenue|ave|av|lane|ln|drive|dr|place|pl|circuit|crescent|cres|court|ct|way',
    'boulevard|blvd|blv|bd|calle|c|via|weg|allee|platz|chemin|impasse|square|sq|highway|hwy|parkway|pkwy|terrace',
    'close|cl|de|du|la|le|les|des|del|the'
] | join('|') -%}
{%- set particles = 'van|von|vom|zu|de|den|der|del|della|di|da|do|dos|du|des|la|le|el|al|ten|ter|bin|mac|mc|st|san' -%}
{%- set whole_name = "nullif(given, '') is null and surnames like '_% _%' and surnames !~ '^(" ~ particles ~ ") '" -%}
{%- set two_words -%}
    left(
        least({{ binary_order('given') }}, {{ binary_order('surnames') }}) || ' '
        || greatest({{ binary_order('given') }}, {{ binary_order('surnames') }}), 120
    )
{%- endset %}
{%- set words_left_out = "'the', 'of', 'and', 'inc', 'llc', 'ltd', 'co', 'corp', 'gmbh', 'ag', 'sa', 'sarl', 'bv'" %}
with

records as (
    select * from {{ ref('int_customer_records') }}
),

placeholders as (
    select * from {{ ref('placeholder_emails') }}
),

placeholder_dates as (
    select * from {{ ref('placeholder_birth_dates') }}
),

folded as (
    select
        records.record_id,
        records.entity_kind,
        {{ fold_text('records.first_name') }} as first_name,
        {{ fold_text('records.last_name') }} as last_name,
        {{ fold_text("coalesce(records.organisation_name, records.full_name)") }} as organisation,
        case
            when placeholder_dates.birth_date is not null then null
            when records.birth_date is not null then to_char(records.birth_date, 'YYYYMMDD')
            when records.birth_date_unread ~ '^\D*[12][0-9]{3}\D*$'
                then regexp_replace(records.birth_date_unread, '\D', '', 'g') || '----'
            when regexp_replace(records.birth_date_unread, '\D', '', 'g') ~ '^[12][0-9]{7}$'
                then regexp_replace(records.birth_date_unread, '\D', '', 'g')
        end as birth,
        case
            when placeholders.email is not null then null
            else coalesce(records.email, {{ fold_text('records.email_unread') }})
        end as email,
        right(regexp_replace(coalesce(records.phone, records.phone_unread), '\D', '', 'g'), 9) as phone,
        {{ fold_text("records.address") }} as address,
        {{ fold_text("records.city") }} as city,
        regexp_replace({{ fold_text("records.postcode") }}, '[^[:alnum:]]', '', 'g') as postcode,
        records.gender,
        regexp_replace({{ fold_text("records.external_id_1") }}, '[^[:alnum:]]', '', 'g') as external_id_1,
        regexp_replace({{ fold_text("records.external_id_2") }}, '[^[:alnum:]]', '', 'g') as external_id_2,
        regexp_replace({{ fold_text("records.external_id_3") }}, '[^[:alnum:]]', '', 'g') as external_id_3
    from records
    left join placeholders
        on records.email = placeholders.email
    left join placeholder_dates
        on records.birth_date = placeholder_dates.birth_date
    {{ fence() }}
),

trimmed as (
    select
        *,
        regexp_replace(
            regexp_replace(regexp_replace(first_name, '{{ leading_titles }}', ''), '[^[:alpha:]]+', '', 'g'),
            '{{ lone_title }}', ''
        ) as given,
        btrim(regexp_replace(
            regexp_replace(last_name, '{{ leading_titles }}|{{ initials }}|{{ generations }}', '', 'g'),
            '[^[:alpha:]]+', ' ', 'g'
        )) as surnames,
        substring(address from '[0-9]+') as house_number_text,
        regexp_replace(
            regexp_replace(
                regexp_replace(address, '\m({{ street_words }}|[0-9]+(bis|ter|[a-z])?)\M', '', 'g'),
                '(strasse|str)\M', '', 'g'
            ),
            '[^[:alnum:]]+', '', 'g'
        ) as street_text
    from folded
    {{ fence() }}
),

cleaned as (
    select
        {{ hash_number('record_id') }} as record_no,
        record_id,
        entity_kind,
        -- A whole name in the column of the surname: its first word is taken for the given name; where it is the
        -- other way round, the comparison finds them swapped.
        left(
            case when {{ whole_name }} then substring(surnames from '^[[:alpha:]]+') else nullif(given, '') end, 60
        ) as given,
        left(
            nullif(
                replace(
                    case when {{ whole_name }} then regexp_replace(surnames, '^[[:alpha:]]+ ', '') else surnames end,
                    ' ', ''
                ), ''
            ), 60
        ) as surname,
        left(
            substring(
                case when {{ whole_name }} then regexp_replace(surnames, '^[[:alpha:]]+ ', '') else surnames end
                from '[[:alpha:]]+$'
            ), 60
        ) as surname_end,
        case
            -- Two names of a word each, which is nearly everybody.
            when given = first_name and given <> '' and surnames <> '' and strpos(surnames, ' ') = 0
                and given not in ({{ words_left_out }}) and surnames not in ({{ words_left_out }})
                then {{ two_words }}
            when nullif(given, '') is not null and surnames <> ''
                then {{ sorted_words("regexp_replace(first_name, '" ~ leading_titles ~ "', '') || ' ' || surnames") }}
            when {{ whole_name }} then {{ sorted_words("surnames") }}
        end as name_words,
        birth,
        left(nullif(regexp_replace(email, '\s', '', 'g'), ''), 100) as email,
        left(nullif(regexp_replace(split_part(email, '@', 1), '\+.*$', ''), ''), 60) as email_user,
        case when length(phone) >= 5 then phone end as phone,
        ltrim(house_number_text, '0') as house_number,
        left(nullif(street_text, ''), 60) as street,
        left(nullif(regexp_replace(city, '[^[:alpha:]]+', '', 'g'), ''), 60) as city,
        nullif(postcode, '') as postcode,
        gender,
        left(nullif(external_id_1, ''), 60) as external_id_1,
        left(nullif(external_id_2, ''), 60) as external_id_2,
        left(nullif(external_id_3, ''), 60) as external_id_3,
        case when entity_kind = 'organisation' then {{ sorted_words('organisation') }} end as organisation
    from trimmed
)

select * from cleaned
