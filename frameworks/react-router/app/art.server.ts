// No module of the browser imports this picture.
import schooner from './pictures/schooner.png?hd'

export { schooner }
