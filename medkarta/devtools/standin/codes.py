"""ESIA's error codes with the words it says them in, and OAuth's word for each."""

MESSAGES: dict[str, str] = {
    "ESIA-007002": "Сертификат не соответствует системе",
    "ESIA-007003": "Параметр отсутствует, неверен или повторён",
    "ESIA-007004": "Владелец ресурса или сервис отказал в запросе",
    "ESIA-007005": "Система не вправе использовать этот метод",
    "ESIA-007006": "Область доступа указана неверно",
    "ESIA-007007": "Внутренняя ошибка сервиса авторизации",
    "ESIA-007008": "Сервис авторизации перегружен",
    "ESIA-007009": "Тип запроса не поддерживается",
    "ESIA-007011": "Код неверен, использован, истёк или выдан для другого адреса",
    "ESIA-007012": "Тип ответа не поддерживается",
    "ESIA-007013": "Область доступа не указана",
    "ESIA-007014": "Нет обязательного параметра",
    "ESIA-007015": "Неверное время запроса",
    "ESIA-007019": "Нет разрешения на доступ",
    "ESIA-007023": "Адрес возврата не зарегистрирован",
    "ESIA-007038": "Параметр не разобран",
    "ESIA-007039": "Нет проверочной строки PKCE",
    "ESIA-007040": "Проверочная строка PKCE не подходит",
    "ESIA-007046": "Нужен второй фактор, но он не подключён",
    "ESIA-007053": "Подпись запроса неверна",
    "ESIA-007055": "Учётная запись не подтверждена",
    "ESIA-007060": "Неверный тип объекта",
    "ESIA-007061": "Неверная роль",
    "ESIA-007062": "Роль недоступна",
    "ESIA-007194": "Организация другая",
    "ESIA-008010": "Система не опознана",
}

OAUTH_WORDS: dict[str, str] = {
    "ESIA-007004": "access_denied",
    "ESIA-007005": "unauthorized_client",
    "ESIA-007006": "invalid_scope",
    "ESIA-007007": "server_error",
    "ESIA-007008": "temporarily_unavailable",
    "ESIA-007009": "unsupported_grant_type",
    "ESIA-007011": "invalid_grant",
    "ESIA-007012": "unsupported_response_type",
    "ESIA-007013": "invalid_scope",
    "ESIA-007019": "access_denied",
    "ESIA-007046": "access_denied",
    "ESIA-007055": "access_denied",
    "ESIA-008010": "invalid_client",
}


def error_fields(code: str, detail: str = "") -> dict[str, str]:
    """Return `error` and `error_description` as ESIA spells them; `detail` names a parameter."""
    text = MESSAGES.get(code, "Неизвестная ошибка")
    return {
        "error": OAUTH_WORDS.get(code, "invalid_request"),
        "error_description": f"{code}: {text}{f' [{detail}]' if detail else ''}",
    }
