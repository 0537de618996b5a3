// No module of the browser imports this image.
import schooner from '../images/schooner.png?hd'

export { schooner }
