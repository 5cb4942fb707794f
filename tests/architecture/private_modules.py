"""A contract for import-linter: some modules of an app are for that app alone."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateModules(Contract):
    """``private`` names, directly below each child of ``container``, may be imported by that child only.

    The built-in "protected" contract needs a paragraph per app and fails on a module that does not exist yet.
    """

    container = fields.StringField()
    private = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import that reaches into another app's private module."""
        intruders = []
        for app in sorted(graph.find_children(self.container)):
            modules = {f"{app}.{name}" for name in self.private} & graph.find_children(app)
            inside = modules.union(*(graph.find_descendants(module) for module in modules))
            for module in sorted(inside):
                for importer in sorted(graph.find_modules_that_directly_import(module)):
                    if not importer.startswith(f"{app}."):
                        intruders.append((importer, module))
        return ContractCheck(kept=not intruders, metadata={"intruders": intruders})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say who reaches in where."""
        for importer, module in check.metadata["intruders"]:
            output.print_error(f"{importer} imports {module}, which is private to its app", bold=False)
