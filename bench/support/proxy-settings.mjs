import path from 'node:path'

/** Settings of HAProxy as one process before one app; `bind`: address, and how clients speak. */
export function haproxySettings({ bind, origin }) {
  return `global
  no strict-limits
  maxconn 15000
  nbthread 1
defaults
  mode http
  option forwardfor
  http-reuse always
  timeout connect 5s
  timeout client 75s
  timeout server 75s
frontend in
  bind ${bind}
  default_backend app
backend app
  server app 127.0.0.1:${origin}
`
}

/** Settings of nginx as one process before one app, with its files in `directory`; `tls`: lines for its server. */
export function nginxSettings({ directory, listen, origin, tls = '' }) {
  const bodies = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${path.join(directory, kind)};\n`,
  )
  return `daemon off;
master_process off;
worker_processes 1;
pid ${path.join(directory, 'nginx.pid')};
error_log stderr crit;
worker_rlimit_nofile 20000;
events { worker_connections 19000; }
http {
  access_log off;
  keepalive_requests 100000000;
${bodies.join('')}  upstream app { server 127.0.0.1:${origin}; keepalive 1024; keepalive_requests 100000000; }
  server {
    listen ${listen};
${tls}    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`
}
