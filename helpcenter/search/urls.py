from django.urls import path

from helpcenter.search import views

app_name = "search"

urlpatterns = [
    path("", views.find, name="find"),
    path("suggest/", views.suggestions, name="suggest"),
    path("count/", views.counted, name="count"),
]
