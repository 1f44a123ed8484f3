{# Lets c360_reader see a mart, in the transaction that makes it. Where columns tell who a person is (tag pii) these are the
   other columns, and a view <mart>_masked with all of them, whose rows are the mart's. The view lies beside its mart, so the two
   are published together. #}
{% macro open_to_readers(mart) -%}
    {{ return(adapter.dispatch('open_to_readers', 'customer360')(mart)) }}
{%- endmacro %}

{% macro default__open_to_readers(mart) -%}{%- endmacro %}

{% macro postgres__open_to_readers(mart) -%}
    {%- set open_columns, all_columns = [], [] -%}
    {%- for column in model.columns.values() -%}
        {%- set name = adapter.quote(column.name) -%}
        {%- if 'pii' in column.config.tags -%}
            {%- do all_columns.append(masked(name, column.data_type) ~ ' as ' ~ name) -%}
        {%- else -%}
            {%- do open_columns.append(name) -%}
            {%- do all_columns.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if open_columns == all_columns -%}
        grant select on {{ mart }} to c360_reader
    {%- else -%}
        {%- set view = mart.incorporate(path={'identifier': mart.identifier ~ '_masked'}) -%}
        drop view if exists {{ view }};
        create view {{ view }} as select {{ all_columns | join(', ') }} from {{ mart }};
        comment on view {{ view }} is 'The rows of {{ mart.identifier }}, with personal data masked.';
        grant select ({{ open_columns | join(', ') }}) on {{ mart }} to c360_reader;
        grant select on {{ view }} to c360_reader
    {%- endif -%}
{%- endmacro %}
