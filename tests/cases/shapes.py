from cases.case import Case
TABLE: dict[str, Case] = {}
