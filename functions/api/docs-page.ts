import type { OpenAPIHono } from '@hono/zod-openapi';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>;
type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The parts of OpenAPI 3.1 that our routes use. */
interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema?: JsonSchema; readonly description?: string }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: color-mix(in srgb, currentColor 22%, transparent); }
  body { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
  code, pre { font: 0.875rem/1.5 ui-monospace, monospace; }
  code { overflow-wrap: anywhere; }
  pre { overflow-x: auto; padding: 0.75rem; border: 1px solid var(--line); border-radius: 0.4rem; }
  section { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 0.5rem; }
  h3 { margin: 2rem 0 0.25rem; font-size: 1.05rem; }
  h4 { margin: 1rem 0 0.25rem; font-size: 0.9rem; }
  table { width: 100%; border-collapse: collapse; }
  th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); }
  nav ul { columns: 18rem; padding-left: 1.2rem; }
`;

/** Statuses that the page explains once. */
const FROM_EVERY_ROUTE: readonly string[] = ['500', '503'];

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The OpenAPI document as one page of HTML: no script, nothing loaded from elsewhere, links relative. */
export function docsPage(document: Document, nonce: string | undefined): Html {
  const routes = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      return operation === undefined ? [] : [{ path, method: method.toUpperCase(), operation }];
    }),
  );
  const tags = [...new Set(routes.flatMap(({ operation }) => operation.tags ?? []))];
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, JsonSchema>);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} API ${document.info.version}</title>
<style${nonce === undefined ? '' : html` nonce="${nonce}"`}>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>${document.info.title} API <small>${document.info.version}</small></h1>
<p>${withCode(document.info.description ?? '')}</p>
<p>Every route can answer 503 where a store or the state machine cannot be reached, and 500 for a fault of the server, which it has logged under the
<code>error_id</code> in <code>details</code>.</p>
<p>For programs: <a href="openapi.json">openapi.json</a> (OpenAPI ${document.openapi}).</p>
</header>
<nav aria-label="Routes"><ul>
${routes.map(({ path, method, operation }) => html`<li><a href="#${operation.operationId}"><code>${method} ${path}</code></a></li>`)}
</ul></nav>
<main>
${tags.map(
  (tag) => html`<section><h2>${tag}</h2>
${routes.filter(({ operation }) => operation.tags?.includes(tag)).map(({ path, method, operation }) => route(path, method, operation))}
</section>`,
)}
<section><h2>Schemas</h2>
${schemas.map(([name, schema]) => html`<h3 id="schema-${name}">${name}</h3><pre>${schemaText(schema, 0)}</pre>`)}
</section>
</main>
</body>
</html>`;
}

function route(path: string, method: string, operation: Operation): Html {
  const { parameters = [], requestBody, responses } = operation;
  return html`<article>
<h3 id="${operation.operationId}"><code>${method} ${path}</code></h3>
<p>${withCode(operation.summary ?? '')}</p>
${parameters.length === 0 ? '' : html`<h4>Parameters</h4><table>
<tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">What</th></tr>
${parameters.map(
  (parameter) => html`<tr><td><code>${parameter.name}</code></td><td>${parameter.in}${parameter.required === true ? ', required' : ''}</td>
<td>${withCode(parameter.description ?? parameter.schema?.description ?? '')} <code>${schemaText(parameter.schema ?? {}, 0)}</code></td></tr>`,
)}
</table>`}
${requestBody === undefined ? '' : html`<h4>Body${requestBody.required === true ? '' : ' (optional)'}</h4>${content(requestBody.content)}`}
<h4>Answers</h4>
<table>
<tr><th scope="col">Status</th><th scope="col">Meaning</th><th scope="col">Body</th></tr>
${Object.entries(responses).filter(([status]) => !FROM_EVERY_ROUTE.includes(status)).map(
  ([status, response]) => html`<tr><td>${status}</td><td>${withCode(response.description)}</td><td>${content(response.content ?? {})}</td></tr>`,
)}
</table>
</article>`;
}

function content(bodies: Content): Html[] {
  return Object.entries(bodies).map(([type, { schema }]) =>
    schema?.$ref === undefined ? html`<code>${type}</code> <code>${schemaText(schema ?? {}, 0)}</code>` : html`<code>${type}</code> ${schemaText(schema, 0)}`,
  );
}

/** A schema as text in the manner of TypeScript, with links to named schemas. */
function schemaText(schema: JsonSchema, depth: number): Html | string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return joined(options.map((option) => schemaText(option, depth)), ' | ');
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length === 0) return 'any';
  return joined(types.map((type) => typeText(type, schema, depth)), ' | ');
}

function typeText(type: string, schema: JsonSchema, depth: number): Html | string {
  if (type === 'array') return html`list of ${schemaText(schema.items ?? {}, depth)}`;
  if (type === 'object') return objectText(schema, depth);
  const bounds = [
    schema.format,
    schema.minimum === undefined ? undefined : `from ${schema.minimum}`,
    schema.maximum === undefined ? undefined : `to ${schema.maximum}`,
    schema.maxLength === undefined ? undefined : `at most ${schema.maxLength} characters`,
    schema.pattern === undefined || schema.format !== undefined ? undefined : `like ${schema.pattern}`,
    schema.default === undefined ? undefined : `default ${JSON.stringify(schema.default)}`,
  ].filter((bound) => bound !== undefined);
  return type === 'null' || bounds.length === 0 ? type : `${type} (${bounds.join(', ')})`;
}

function objectText(schema: JsonSchema, depth: number): Html | string {
  const indent = '  '.repeat(depth + 1);
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) {
    const values = schema.additionalProperties;
    return html`map of text to ${typeof values === 'object' ? schemaText(values, depth) : 'any'}`;
  }
  const lines = fields.map(([name, field]) => {
    const mark = schema.required?.includes(name) === true ? '' : '?';
    const remark = field.description === undefined ? '' : `  // ${field.description}`;
    return html`${indent}${name}${mark}: ${schemaText(field, depth + 1)}${remark}\n`;
  });
  return html`{\n${lines}${'  '.repeat(depth)}}`;
}

function joined(parts: readonly (Html | string)[], separator: string): Html {
  return html`${parts.map((part, i) => html`${i === 0 ? '' : separator}${part}`)}`;
}

/** Text in which backticks mark code. */
function withCode(text: string): Html[] {
  return text.split('`').map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}
