from django.urls import path

from helpcenter.refunds import views

app_name = "refunds"

urlpatterns = [path("", views.check, name="check")]
