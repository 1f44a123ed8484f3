"""exports/powerbi: a Power BI project over the exported CSV files, made from the contracts of the marts and a spec.

``spec`` says what things are; ``tables``, ``measures`` and ``pages`` are the spec, written by hand; ``model`` is what
becomes of it with the contracts; ``tmdl`` and ``pbir`` write it in Power BI's two languages; ``project`` puts the files
together. Nothing random and no time goes in: the same contracts and spec give the same bytes.
"""
