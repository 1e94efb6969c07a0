"""Files become leads and outcomes.

reading: a file as rows with line numbers; fields and headings: which column is what; dates and values: a row as an
input; preview: what would happen; run: what does happen, chunk by chunk.
"""
