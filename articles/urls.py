from django.urls import path

from articles import feeds, views

app_name = "articles"

urlpatterns = [
    path("", views.index, name="index"),
    path("topics/<slug:topic>/", views.topic, name="topic"),
    path("<slug:slug>/", views.article, name="article"),
    path("<slug:slug>/card.png", views.picture_of, name="card"),
    path("<slug:slug>.md", views.markdown, name="markdown"),
    path("<slug:slug>/changes.atom", feeds.of_article, name="changes"),
    path("<slug:slug>/versions/<int:number>.md", views.markdown, name="version-markdown"),
    path("<slug:slug>/versions/", views.versions, name="versions"),
    path("<slug:slug>/versions/compare/", views.compare, name="compare"),
    path("<slug:slug>/versions/<int:number>/", views.version, name="version"),
]
