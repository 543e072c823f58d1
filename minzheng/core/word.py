"""What a Word file calls itself."""

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
