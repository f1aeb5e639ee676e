from django.urls import path

from helpcenter.feedback import views

app_name = "feedback"

urlpatterns = [
    path("<slug:written_in>/<slug:slug>/<int:number>/", views.answer, name="answer"),
    path("<str:said>/", views.more, name="more"),
]
