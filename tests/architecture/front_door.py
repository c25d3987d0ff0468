"""A contract for import-linter: a package of ours is entered by its `api` and its `types`, or by those of one of its parts."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FrontDoor(Contract):
    """`packages` may be wildcards (`azukari.business.*`); `doors` are the modules an outsider may import."""

    packages = fields.ListField(subfield=fields.StringField())
    doors = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 (import-linter passes it)
        packages = self._packages(graph)
        trespasses = sorted(
            (importer, imported)
            for package in packages
            for imported in {package, *graph.find_descendants(package)}
            if not self._is_door(package, imported)
            for importer in graph.find_modules_that_directly_import(imported)
            if not f"{importer}.".startswith(f"{package}.")
        )
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["trespasses"]:
            output.print_error(f"- {importer} → {imported}")

    def _packages(self, graph: ImportGraph) -> list[str]:
        found: set[str] = set()
        for pattern in self.packages:
            found |= graph.find_matching_modules(pattern) if "*" in pattern else {pattern}
        return sorted(found & graph.modules)

    def _is_door(self, package: str, module: str) -> bool:
        inside = module.removeprefix(f"{package}.").split(".") if module != package else []
        return any(door in inside[:2] for door in self.doors)
