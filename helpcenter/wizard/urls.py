from django.urls import path

from helpcenter.wizard import views

app_name = "wizard"

urlpatterns = [
    path("", views.page, name="start"),
    path("count/", views.counted, name="count"),
    path("<slug:key>/", views.page, name="page"),
]
