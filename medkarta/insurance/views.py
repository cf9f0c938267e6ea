"""The policy of the person shown: what is confirmed, and what may be typed by hand."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from medkarta.core.http import PatientRequest
from medkarta.insurance import actions, queries
from medkarta.insurance.forms import PolicyForm
from medkarta.ui.render import render


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: PatientRequest) -> HttpResponse:
    form = PolicyForm(request.POST if request.method == "POST" else None, initial={"kind": "unified"})
    if request.method == "POST":
        if not request.scope.may_act:
            raise PermissionDenied
        if "remove" in request.POST:
            actions.remove_typed(request.scope)
            messages.success(request, _("Введённый номер удалён"))
            return HttpResponseRedirect(request.scope.url("policy/"))
        if form.is_valid():
            actions.type_policy(request.scope, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Номер сохранён. Он не подтверждён, пока его не подтвердят Госуслуги"))
            return HttpResponseRedirect(request.scope.url("policy/"))
    policies = queries.list_policies(request.scope)
    context = {
        "policies": policies,
        "coverages": queries.list_coverages(request.scope),
        "form": form if request.scope.may_act else None,
    }
    return render(request, "insurance/policy.jinja", context, status=422 if form.errors else 200)
