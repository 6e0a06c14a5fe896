"""What each column is: words in three languages, known codes, and how sure the guess is."""
