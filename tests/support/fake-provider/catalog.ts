/** The models of the fake OpenRouter: with and without pictures, tools and a price. */
export const OPENROUTER_MODELS = [
  {
    id: 'openrouter/auto',
    name: 'Auto Router',
    context_length: 2_000_000,
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
    pricing: { prompt: '-1', completion: '-1' },
    supported_parameters: ['max_tokens', 'tools', 'tool_choice'],
  },
  {
    id: 'fake/large',
    name: 'Fake: Large',
    context_length: 200_000,
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
    pricing: { prompt: '0.000003', completion: '0.000015' },
    supported_parameters: ['max_tokens', 'reasoning', 'temperature', 'tools', 'tool_choice'],
  },
  {
    id: 'fake/small',
    name: 'Fake: Small',
    context_length: 8192,
    architecture: { input_modalities: ['text'], output_modalities: ['text'] },
    pricing: { prompt: '0.0000001', completion: '0.0000004' },
    supported_parameters: ['max_tokens', 'tools'],
  },
  {
    id: 'fake/free:free',
    name: 'Fake: Free',
    context_length: 32_768,
    architecture: { input_modalities: ['text'], output_modalities: ['text'] },
    pricing: { prompt: '0', completion: '0' },
    supported_parameters: ['max_tokens', 'tools'],
  },
  {
    id: 'fake/plain',
    name: 'Fake: Plain (no tools)',
    context_length: 4096,
    architecture: { input_modalities: ['text'], output_modalities: ['text'] },
    pricing: { prompt: '0.0000002', completion: '0.0000002' },
    supported_parameters: ['max_tokens', 'temperature'],
  },
]

/** The models of the fake Ollama, as `POST /api/show` describes them; its list says the ids only. */
export const OLLAMA_MODELS = [
  { id: 'fake-embed:latest', capabilities: ['embedding'], model_info: { 'bert.context_length': 2048 } },
  { id: 'fake-chat:8b', capabilities: ['completion', 'tools'], model_info: { 'fake.context_length': 40_960 } },
  { id: 'fake-vision:4b', capabilities: ['completion', 'vision'], model_info: { 'fake.context_length': 131_072 } },
]
