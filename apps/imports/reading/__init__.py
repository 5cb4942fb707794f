"""From an uploaded file to typed rows: pre-scan, sheets, tables. Pure Python: no models, no settings, no request.

`prescan.prescan` looks at the bytes before any parser does, `sheets.read_sheets` reads in a child process,
`tables.find_tables` finds headers, maps columns and sorts rows. Each refuses with `refusals.Refused`.
"""
