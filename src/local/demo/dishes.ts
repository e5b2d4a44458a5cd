import type { Allergen } from '#meals/allergens.ts'

/** A dish of the demonstration, with what must be named of it by Regulation (EU) 1169/2011, annex II. */
export type Dish = readonly [name: string, ...allergens: Allergen[]]

const BREAD: Dish = ['Pane', 'gluten']

/** Four weeks of school meals, Monday to Friday, as an Italian canteen repeats them: first course, second, vegetables, bread, fruit. */
export const ROTATION: readonly (readonly (readonly Dish[])[])[] = [
  [
    [
      ['Pasta al pomodoro e basilico', 'gluten'],
      ['Frittata con le zucchine', 'eggs', 'milk'],
      ['Carote a julienne'],
      BREAD,
      ['Mela'],
    ],
    [
      ['Risotto alla zucca', 'milk', 'celery'],
      ['Bocconcini di tacchino alle erbe'],
      ['Fagiolini al vapore'],
      BREAD,
      ['Pera'],
    ],
    [
      ['Vellutata di ceci con crostini', 'gluten', 'celery'],
      ['Pizza margherita', 'gluten', 'milk'],
      ['Insalata mista'],
      ['Yogurt alla frutta', 'milk'],
    ],
    [
      ['Pasta al ragù di manzo', 'gluten', 'celery'],
      ['Mozzarella', 'milk'],
      ['Finocchi in insalata'],
      BREAD,
      ['Mandarini'],
    ],
    [
      ['Pasta al pesto', 'gluten', 'milk', 'nuts'],
      ['Merluzzo gratinato', 'gluten', 'fish'],
      ['Patate al forno'],
      BREAD,
      ['Banana'],
    ],
  ],
  [
    [
      ['Gnocchi di patate al pomodoro', 'gluten', 'eggs'],
      ['Polpette di lenticchie', 'gluten', 'eggs'],
      ['Spinaci all’olio'],
      BREAD,
      ['Kiwi'],
    ],
    [
      ['Passato di verdura con farro', 'gluten', 'celery'],
      ['Cosce di pollo al forno'],
      ['Purè di patate', 'milk'],
      BREAD,
      ['Mela'],
    ],
    [
      ['Risotto allo zafferano', 'milk', 'celery'],
      ['Polpette di manzo al sugo', 'gluten', 'eggs', 'milk'],
      ['Piselli'],
      BREAD,
      ['Arancia'],
    ],
    [
      ['Pasta integrale all’olio e parmigiano', 'gluten', 'milk'],
      ['Lonza di maiale al latte', 'milk'],
      ['Carote al vapore'],
      BREAD,
      ['Pera'],
    ],
    [
      ['Pasta al tonno', 'gluten', 'fish'],
      ['Uova sode', 'eggs'],
      ['Insalata verde e mais'],
      BREAD,
      ['Budino alla vaniglia', 'milk'],
    ],
  ],
  [
    [['Minestrone con riso', 'celery'], ['Crescenza', 'milk'], ['Patate al prezzemolo'], BREAD, ['Banana']],
    [
      ['Pasta e fagioli', 'gluten', 'celery'],
      ['Prosciutto cotto'],
      ['Cavolfiore gratinato', 'gluten', 'milk'],
      BREAD,
      ['Clementine'],
    ],
    [
      ['Lasagne alla bolognese', 'gluten', 'eggs', 'milk', 'celery'],
      ['Insalata mista'],
      BREAD,
      ['Macedonia di frutta'],
    ],
    [
      ['Risotto alla parmigiana', 'milk', 'celery'],
      ['Petto di pollo alla piastra'],
      ['Zucchine trifolate'],
      BREAD,
      ['Mela'],
    ],
    [
      ['Pasta alle verdure', 'gluten', 'celery'],
      ['Bastoncini di platessa al forno', 'gluten', 'fish'],
      ['Carote a julienne'],
      BREAD,
      ['Biscotti secchi', 'gluten', 'eggs', 'milk'],
    ],
  ],
  [
    [['Polenta', 'milk'], ['Spezzatino di manzo', 'celery'], ['Fagioli in umido', 'celery'], BREAD, ['Pera']],
    [
      ['Pasta al burro e salvia', 'gluten', 'milk'],
      ['Torta salata di ricotta e spinaci', 'gluten', 'eggs', 'milk'],
      ['Finocchi in insalata'],
      BREAD,
      ['Mela'],
    ],
    [
      ['Crema di piselli con crostini', 'gluten', 'celery'],
      ['Scaloppina di tacchino al limone', 'gluten'],
      ['Purè di patate', 'milk'],
      BREAD,
      ['Arancia'],
    ],
    [
      ['Cous cous con verdure e ceci', 'gluten', 'celery'],
      ['Primo sale', 'milk'],
      ['Carote al vapore'],
      BREAD,
      ['Torta allo yogurt', 'gluten', 'eggs', 'milk'],
    ],
    [
      ['Riso al pomodoro', 'celery'],
      ['Seppie con i piselli', 'molluscs'],
      ['Insalata verde'],
      BREAD,
      ['Banana'],
    ],
  ],
]
