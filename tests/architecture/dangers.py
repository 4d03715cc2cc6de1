"""What a deployed function never does, since what a caller sent could then be run, opened or believed."""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Source

# processes, objects out of bytes, markup that names entities, mail, directories
_MODULES = {
    "code", "codeop", "ctypes", "dbm", "ftplib", "imaplib", "ldap3", "lxml", "marshal", "multiprocessing", "pickle",
    "poplib", "pty", "runpy", "shelve", "smtplib", "subprocess", "telnetlib", "tempfile", "xml", "xmlrpc", "yaml",
}  # fmt: skip
_CALLS = {
    "eval", "exec", "compile", "__import__", "open", "os.system", "os.popen", "hashlib.md5", "hashlib.sha1",
    "hashlib.new", "ssl._create_unverified_context", "importlib.import_module",
}  # fmt: skip
_PATTERNS = {
    f"re.{name}" for name in ("compile", "fullmatch", "match", "search", "sub", "split", "findall", "finditer")
}


def dangers(sources: Iterable[Source]) -> list[str]:
    """Each danger with its place, as a sentence."""
    return [f"{source.path}: {danger}" for source in sources for danger in _of(source)]


def _of(source: Source) -> Iterator[str]:
    yield from (f"imports {name}" for name in source.imports if name.split(".")[0] in _MODULES)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if name in _CALLS or name.startswith(("os.exec", "os.spawn")):
            yield f"calls {name} on line {node.lineno}"
        if name in _PATTERNS and not isinstance(node.args[0], ast.Constant):
            yield f"makes a pattern of what it is given on line {node.lineno}"
        if any(each.arg == "verify" and ast.unparse(each.value) == "False" for each in node.keywords):
            yield f"verifies no certificate on line {node.lineno}"
