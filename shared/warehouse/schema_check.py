"""The schema check that every service passes before it takes its first request."""

from shared.errors import DataContractViolation
from shared.ports import Warehouse
from shared.warehouse.catalog import tables


def check_schema(warehouse: Warehouse) -> None:
    """Raise DataContractViolation naming every table and column that is missing or of another type."""
    faults = schema_faults(warehouse.columns())
    if faults:
        raise DataContractViolation("the store does not fit the code: " + "; ".join(faults))


def schema_faults(existing: dict[str, dict[str, str]]) -> list[str]:
    """Compare the columns that exist with the DDL and return one sentence per difference."""
    faults = []
    for name, wanted in tables().items():
        if name not in existing:
            faults.append(f"{'view' if wanted.is_view else 'table'} {name} is missing")
            continue
        for column, kind in wanted.columns.items():
            found = existing[name].get(column)
            if found is None:
                faults.append(f"column {name}.{column} is missing")
            elif found != kind:
                faults.append(f"column {name}.{column} is {found} and should be {kind}")
    return faults
