"""The categories of personal data; ids are those of the law file, and nobody invents others."""

from __future__ import annotations

from typing import Final

CATEGORIES: Final = {
    "id.name": ("氏名", "Name"),
    "id.dob": ("生年月日", "Date of birth"),
    "id.sex": ("性別", "Sex"),
    "id.address": ("住所", "Address"),
    "id.phone": ("電話番号", "Telephone number"),
    "id.email": ("メールアドレス", "E-mail address"),
    "id.nationality": ("国籍", "Nationality"),
    "id.student_no": ("学生番号・学籍", "Student number, enrolment"),
    "id.employee_no": ("社員番号・人事情報", "Employee number, personnel data"),
    "id.customer_no": ("顧客番号・会員番号", "Customer or member number"),
    "id.family": ("続柄・保護者/子の情報", "Family relation"),
    "id.mynumber": ("個人番号(マイナンバー)", "My Number"),
    "id.gov_id": ("旅券・免許・固有識別情報等", "Passport, licence or other government identifier"),
    "fin.card_number": ("クレジットカード番号", "Payment card number"),
    "fin.card_cvv": ("セキュリティコード", "Card security code"),
    "fin.bank_account": ("口座番号", "Bank account"),
    "auth.password": ("パスワード(平文/復元可)", "Password (plain or reversible)"),
    "auth.password_hash": ("パスワードハッシュ", "Password hash"),
    "auth.payment_login": ("決済機能のあるサービスのログイン情報", "Login to a service that can pay"),
    "sens.health": ("病歴・健診結果・障害等", "Health"),
    "sens.race": ("人種", "Race"),
    "sens.creed": ("信条", "Creed"),
    "sens.social_status": ("社会的身分", "Social status"),
    "sens.criminal": ("犯罪の経歴・犯罪被害", "Criminal record or victimhood"),
    "sens.biometric": ("生体情報", "Biometric data"),
    "sens.orientation": ("性的指向等", "Sexual orientation"),
    "comm.secrecy": ("通信の秘密に属する情報", "Content or fact of communications"),
    "id.location": ("位置情報", "Location"),
    "id.online": ("IPアドレス・Cookie・端末識別子", "IP address, cookie or device identifier"),
    "biz.contract": ("契約書・取引先情報", "Contracts, business contacts"),
}
"""Category id → name in Japanese, in English. `id.customer_no`, `id.location`, `id.online` are ours: the law file has none."""


def name(category: str, lang: str) -> str:
    """Return the category's name in `ja` or `en`."""
    return CATEGORIES[category][0 if lang == "ja" else 1]
