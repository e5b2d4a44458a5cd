// Presses the button of the answer in the person's place; without scripts the person does.
document.querySelector('form[data-auto]').requestSubmit()
