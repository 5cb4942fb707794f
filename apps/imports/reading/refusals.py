"""Why a file is not taken, in words for whoever uploaded it."""

from __future__ import annotations

from typing import Final

MAX_FILE_BYTES: Final = 20_000_000
MAX_REAL_BYTES: Final = 64 * 1024 * 1024
MAX_RATIO: Final = 100
RATIO_APPLIES_FROM: Final = 1024 * 1024
MAX_ENTRIES: Final = 200
MAX_ROW: Final = 20_999  # 20,000 people, and titles, headers, subtotals
MAX_COLUMN: Final = 64
# Formatted but empty cells are harmless: a whole sheet of an old .xls (65,536 rows, 256 columns) may be formatted.
MAX_EMPTY_ROWS: Final = 65_536
MAX_EMPTY_COLUMN: Final = 256

REASONS: Final[dict[str, str]] = {
    "empty": "文件是空的，没有内容。请重新选择文件。",
    "too-large": "文件超过20MB。请删去图片和空白格式，或分成几个文件上传。",
    "not-a-sheet": "这不是电子表格。请上传 .xlsx、.xls 或 .csv 文件，或任免审批表 .lrmx。",
    "html": "这是改了扩展名的网页文件，不是真正的Excel。请用Excel或WPS打开，另存为 .xlsx 后再上传。",
    "unsupported": "这种表格格式不能直接读取。请用Excel或WPS另存为 .xlsx 后再上传。",
    "encrypted": "文件设有打开密码，无法读取。请去掉密码后再上传。",
    "macro": "文件带有宏，为安全起见不接收。请另存为不含宏的 .xlsx 后再上传。",
    "zip-bomb": "文件解压后过大，不接收。请把需要的内容复制到新表里再上传。",
    "too-many-entries": "文件内部的部件过多，不像普通的表格。请把需要的内容复制到新表里再上传。",
    "too-many-rows": "有内容的行超过2万行。请分成几个文件上传；如果下面都是空行，请删除后再上传。",
    "too-many-empty-rows": "表格下方带格式的空行太多。请选中数据以下的行并删除，保存后再上传。",
    "too-many-columns": "列数超过64列。请删去右边多余的列（包括只设了格式的空列），保存后再上传。",
    "too-many-cells": "表格总量过大。请分成几个文件上传。",
    "dtd": "文件内部含有不允许的定义（DTD或实体），可能有害，不接收。请把内容复制到新表里再上传。",
    "external-link": "表格链接了别的文件。请在“数据—编辑链接”中断开链接，保存后再上传。",
    "embedded-object": "表格里嵌入了别的文件或控件。请删去嵌入的对象，保存后再上传。",
    "bad-name": "文件内部的部件名称不正常，可能有害，不接收。请把内容复制到新表里再上传。",
    "duplicate-entry": "文件内部有重名的部件，可能有害，不接收。请把内容复制到新表里再上传。",
    "bad-form": "不是能读的任免审批表（.lrmx）。请用任免审批表编辑器打开后重新保存，再上传。",
    "marked": "文件带有密级标志，没有接受，也没有保存。本平台不处理国家秘密，请按保密规定办理。",
    "damaged": "文件已损坏或没有传完整。请重新保存并上传。",
    "encoding": "认不出文本的编码。请用Excel另存为 .xlsx 或“CSV UTF-8”后再上传。",
    "unreadable": "读取表格失败，文件可能已损坏。请用Excel或WPS打开后另存为 .xlsx 再上传。",
    "too-slow": "读取表格用时过长，已停止。请删去多余的内容和格式后再上传。",
    "no-header": "没有找到列名。请确认表中有一行写着“姓名”等列名。",
    "no-rows": "列名下面没有人员数据。请检查是否选错了文件。",
}


class Refused(Exception):
    """The file is refused: `code` for programs and tests, `reason` for people, with what to do about it."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.reason = detail + REASONS[code]
        super().__init__(f"{code}: {self.reason}")
