from django.urls import path

from helpcenter.refunds import views

app_name = "refunds"

urlpatterns = [
    path("", views.check, name="check"),
    path("calendar/<slug:kind>/<slug:day>.ics", views.for_the_calendar, name="calendar"),
]
