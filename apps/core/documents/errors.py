"""What can go wrong when a document is rendered, in words for the person who waits for it."""


class DocumentError(Exception):
    """The document was not made. ``str()`` says what happened and what to do."""


class RefusedResource(DocumentError):
    """The document asked for something outside of itself."""

    def __init__(self, address: str) -> None:
        self.address = address[:200]
        super().__init__(f"文件里引用了不允许的外部内容（{self.address}），没有生成。请删去后重试。")


class TooLarge(DocumentError):
    """The renderer ran into its limit of memory."""

    def __init__(self) -> None:
        super().__init__("文件过大或版式过于复杂，超出了生成时的内存上限，没有生成。请分成几份再试。")


class TooSlow(DocumentError):
    """The renderer ran into its limit of time."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"文件过大或版式过于复杂，{seconds}秒内没有完成，已停止。请分成几份再试。")


class RenderFailed(DocumentError):
    """Anything else; the details are in the log."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__("文件没有生成，排版程序出错。请重试；仍不成功时请把请求编号告诉系统管理员。")
