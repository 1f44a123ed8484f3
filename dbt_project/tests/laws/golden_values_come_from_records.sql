-- Fails if a value of a customer is not the one of the record that lineage names, or that record is another customer's,
-- because every golden value has to exist in a source record of that customer.

with

customers as (
    select * from {{ ref('dim_customers') }}
),

lineage as (
    select * from {{ ref('customer_golden_lineage') }}
),

identity as (
    select * from {{ ref('int_customer_identity') }}
),

records as (
    select * from {{ ref('int_customer_records') }}
),

winners as (
    select
        lineage.customer_key,
        lineage.attribute,
        identity.customer_key as key_of_record,
        records.*
    from lineage
    left join identity
        on lineage.source = identity.source and lineage.source_customer_id = identity.customer_id
    left join records
        on identity.record_id = records.record_id
),

said as (
    {% for attribute, columns in {
        'name': ['first_name', 'middle_name', 'last_name', 'full_name'],
        'organisation_name': ['organisation_name'],
        'birth_date': ['birth_date'],
        'gender': ['gender'],
        'email': ['email'],
        'phone': ['phone'],
        'address': ['address', 'address_2', 'city', 'postcode', 'region', 'country'],
        'email_consent': ['email_consent'],
    }.items() -%}
    select
        customers.customer_key,
        '{{ attribute }}' as attribute
    from customers
    left join winners
        on customers.customer_key = winners.customer_key and winners.attribute = '{{ attribute }}'
    where
        {% for column in columns -%}
        customers.{{ column }} is distinct from winners.{{ column }}
        or {% endfor -%}
        winners.key_of_record <> customers.customer_key
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}
)

select * from said
