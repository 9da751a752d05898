"""The bulletin (通报) of a run: page, official letter and workbook, from the run document and the approval alone."""
