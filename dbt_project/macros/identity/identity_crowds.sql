{# Values (field, value, meaning, records) that stand for nobody: so many times as frequent as the others of their field, and
   shared by more than so many surnames. #}
{% macro identity_crowds(records) -%}
    {%- set fields = ['email', 'phone', 'birth', 'external_id_1', 'external_id_2', 'external_id_3'] -%}
    {%- for field in fields %}
    select
        '{{ field }}' as field,
        frequent.value,
        'crowd' as meaning,
        count(*) as records
    from (
        select
            {{ field }} as value,
            count(*) as records,
            avg(count(*)) over () as mean_records
        from {{ records }}
        where {{ field }} is not null
        group by {{ field }}
    ) as frequent
    inner join {{ records }} as crowd
        on frequent.value = crowd.{{ field }}
    where frequent.records > {{ var('identity_crowd') }} * frequent.mean_records
    group by frequent.value
    having count(distinct left(coalesce(crowd.surname, crowd.organisation), 3)) > {{ var('identity_crowd') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
