import { startPage } from './shell/startPage.js';

const host = document.getElementById('app');
if (host === null) throw new Error('index.html has no #app.');
startPage(host);
