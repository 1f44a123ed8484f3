{# A data test that stores its failing rows only where there are any: a test that passes is one query, and leaves
   nothing of an earlier failure behind. dbt's own writes a table for each test of each run. #}
{% materialization test, adapter='postgres' %}
    {%- set failing_rows = get_limit_subquery_sql(sql, config.get('limit')) -%}

    {%- call statement('main', fetch_result=True) -%}
        {{ get_test_sql(failing_rows, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none) }}
    {%- endcall -%}

    {%- set relations = [] -%}
    {%- if should_store_failures() -%}
        {%- set stored = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='table') -%}
        {%- set stored_before = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
        {%- set verdict = load_result('main')['data'][0] -%}
        {%- if stored_before -%}
            {%- do adapter.drop_relation(stored_before) -%}
        {%- endif -%}
        {%- if verdict[1] or verdict[2] -%}
            {%- call statement(auto_begin=True) -%}
                {{ get_create_sql(stored, failing_rows) }}
            {%- endcall -%}
            {%- do relations.append(stored) -%}
        {%- endif -%}
        {%- do adapter.commit() -%}
    {%- endif -%}

    {{ return({'relations': relations}) }}
{% endmaterialization %}
