// The one face of the bundle: an ES module for switchboard/web/static/phone/.
import JsSIP from "jssip";

export default JsSIP;
