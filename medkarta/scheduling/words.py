"""Words that the room hands to others: of its actions in the access log, of its letters."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Text

AUDIT: dict[str, Text] = {
    "scheduling.book": _("шаг записи на приём"),
    "scheduling.booked": _("запись на приём"),
    "scheduling.pending": _("запись на приём, ждёт подтверждения клиники"),
    "scheduling.confirmed": _("клиника подтвердила запись"),
    "scheduling.refused": _("клиника не подтвердила запись"),
    "scheduling.moved-from": _("новое время перенесённой записи"),
    "scheduling.moved-to": _("перенос записи на другое время"),
    "scheduling.cancelled": _("отмена записи"),
    "scheduling.coming": _("ответ «приду» на напоминание"),
    "scheduling.not-coming": _("ответ «не приду» на напоминание"),
    "scheduling.absence": _("врач отсутствует, поиск другого времени"),
    "scheduling.absence_question": _("просмотр вопроса о переносе записи"),
    "scheduling.mark_arrived": _("клиника отметила, что пациент пришёл"),
    "scheduling.mark_no_show": _("клиника отметила неявку"),
    "scheduling.mark_done": _("клиника отметила, что приём состоялся"),
    "scheduling.find_patient": _("поиск пациента регистратурой"),
    "scheduling.create_schedule": _("расписание создано"),
    "scheduling.add_template": _("часы приёма внесены черновиком"),
    "scheduling.advance_template": _("часы приёма согласованы или опубликованы"),
    "scheduling.close_template": _("часы приёма закрыты"),
    "scheduling.generate": _("времена приёма созданы по расписанию"),
    "scheduling.announce_absence": _("объявлено отсутствие врача или кабинета"),
    "scheduling.withdraw_absence": _("отсутствие врача или кабинета отменено"),
    "scheduling.set_setting": _("настройка записи изменена"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """`subject` and `body` name nothing medical; `detailed` is for those who asked for it."""

    subject: Text
    body: Text
    detailed: Text
    buttons: tuple[tuple[str, Text], ...] = ()
    is_reminder: bool = False


LETTERS: dict[str, Letter] = {
    "scheduling.booked": Letter(
        _("Вы записаны в медучреждение"),
        _("Запись создана: {when}. Подробности и отмена на портале."),
        _("Вы записаны: {when}, {doctor}, {place}. Перенести или отменить запись можно на портале."),
    ),
    "scheduling.moved": Letter(
        _("Ваша запись перенесена"),
        _("Новое время: {when}. Прежняя запись отменена."),
        _("Новое время: {when}, {doctor}, {place}. Прежняя запись отменена."),
    ),
    "scheduling.cancelled": Letter(
        _("Ваша запись отменена"),
        _("Запись на {when} отменена."),
        _("Запись отменена: {when}, {doctor}, {place}."),
    ),
    "scheduling.confirmed": Letter(
        _("Медучреждение подтвердило вашу запись"),
        _("Запись подтверждена: {when}."),
        _("Запись подтверждена: {when}, {doctor}, {place}."),
    ),
    "scheduling.refused": Letter(
        _("Медучреждение не подтвердило вашу запись"),
        _("Запись на {when} не подтверждена. Выберите другое время на портале."),
        _("Запись не подтверждена: {when}, {doctor}, {place}. Выберите другое время на портале."),
    ),
    "scheduling.absence_asked": Letter(
        _("Врач не сможет вас принять: выберите, что делать с записью"),
        _("Приём {when} не состоится. Мы держим для вас другое время: ответьте на портале, перенести запись или нет."),
        _("Приём {when}, {doctor}, {place} не состоится. Мы держим для вас другое время: ответьте на портале."),
    ),
    "scheduling.absence_call": Letter(
        _("Врач не сможет вас принять"),
        _("Приём {when} не состоится. Другого времени пока нет: мы ищем его, а клиника свяжется с вами."),
        _("Приём {when}, {doctor}, {place} не состоится. Мы ищем другое время, а клиника свяжется с вами."),
    ),
    "scheduling.absence_over": Letter(
        _("Приём состоится в прежнее время"),
        _("Врач сможет вас принять: {when}. Переносить запись не нужно."),
        _("Врач сможет вас принять: {when}, {doctor}, {place}. Переносить запись не нужно."),
    ),
    "scheduling.reminder": Letter(
        _("Напоминание о визите в медучреждение"),
        _("Вас ждут: {when}. Ответьте, придёте ли вы: если нет, время достанется другому."),
        _("Вас ждут: {when}, {doctor}, {place}. Ответьте, придёте ли вы: если нет, время достанется другому."),
        buttons=(("answer", _("Ответить, придёте ли вы")),),
        is_reminder=True,
    ),
}
