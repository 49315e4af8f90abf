"""What citizens say of the service (đánh giá mức độ hài lòng): once for each delivered dossier."""
