using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>The methods of a module, and the buffers they read.</summary>
/// <param name="Text">The definitions.</param>
/// <param name="Buffers">Name and value.</param>
internal sealed record ModuleText(string Text, EqArray<(string Name, HostTensor Value)> Buffers)
{
    // Local variables of forward begin with this; arguments do not.
    private const string Local = "pn_";

    /// <summary>Writes a module.</summary>
    public static ModuleText Of(TorchModule module)
    {
        var (step, stepConstants) = Method("step", module.Step);
        var (finish, finishConstants) = Method("finish", module.Finish);
        var names = Names(module.Inputs.Select(i => i.Name));
        var kept = Names(module.Values.Select(v => v.Name)).Select(n => "kept_" + n).ToArray();
        var text = new StringBuilder(Forward(module, names, kept, stepConstants.Count, finishConstants.Count));
        text.Append("\ndef metadata(self) -> str:\n    return ").Append(Literal(module.Metadata)).Append("\n\n");
        text.Append(step.Body).Append('\n').Append(finish.Body);
        var prelude = Prelude.Of(step.Used.Concat(finish.Used).Distinct());
        EqArray<(string, HostTensor)> buffers =
        [
            .. module.Values.Select((v, i) => (kept[i], v.Value)), .. stepConstants.Select((c, i) => ($"step_constant_{i}", c)), .. finishConstants.Select((c, i) => ($"finish_constant_{i}", c)),
        ];
        return new(text.ToString() + Methods(prelude), buffers);

        ((string Body, IReadOnlySet<string> Used) Text, IReadOnlyList<HostTensor> Constants) Method(string name, TensorGraph graph)
        {
            var script = new ScriptWriter();
            var inputs = InputNames.Of(graph, []);
            InputText.Write(graph, [], inputs, script);
            NodeText.Write(graph, inputs, script, static _ => null);
            script.Line($"return [{string.Join(", ", graph.Outputs.Select(o => inputs[o.Value]))}]");
            return (($"def {name}(self, inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:\n{Calls(script.Body)}", script.Used), script.Constants);
        }
    }

    private static string Forward(TorchModule module, string[] names, string[] kept, int stepConstants, int finishConstants)
    {
        var text = new StringBuilder("def forward(self, ");
        text.Append(names.Length == 0 ? "rows: int" : string.Join(", ", names.Select(n => n + ": Tensor")));
        if (module.TakesSeed) text.Append(CultureInfo.InvariantCulture, $", seed: int={module.Seed}");
        text.Append(") -> Dict[str, Tensor]:\n");
        var device = $"{(names.Length > 0 ? names[0] : $"self.{(kept.Length > 0 ? kept[0] : "step_constant_0")}")}.device";
        Line(1, $"{Local}rows = {(names.Length > 0 ? $"{names[0]}.size(0) if {names[0]}.dim() > 0 else 0" : "rows")}");
        Line(1, $"assert {Local}rows > 0, {Literal(names.Length > 0 ? $"'{names[0]}' has rows on its leading axis, at least one" : "there is at least one row")}");
        for (var i = 0; i < names.Length; i++) Check(module.Inputs[i], names[i], i);
        Line(1, $"{Local}constants: List[Tensor] = [{BufferList("step", stepConstants)}]");
        Line(1, $"{Local}last: List[Tensor] = [{BufferList("finish", finishConstants)}]");
        Line(1, $"{Local}total = torch.tensor({Local}rows, dtype=4, device={device})");
        if (module.TakesSeed) Line(1, $"{Local}seed = torch.tensor(seed, dtype=4, device={device})");
        Line(1, $"{Local}found: List[List[Tensor]] = []");
        Line(1, $"for {Local}chunk in range(({Local}rows + {module.Rows - 1}) // {module.Rows}):");
        Line(2, $"{Local}begin = {Local}chunk * {module.Rows}");
        Line(2, $"{Local}first = torch.tensor({Local}begin, dtype=4, device={device})");
        Line(2, $"{Local}at = torch.clamp(torch.arange({Local}begin, {Local}begin + {module.Rows}, dtype=4, device={device}), max={Local}rows - 1)");
        for (var i = 0; i < names.Length; i++) Line(2, $"{Local}x{i} = torch.index_select({Local}all{i}, 0, {Local}at)");
        var states = module.Step.Inputs[^module.Step.Outputs.Length..];
        Line(2, $"{Local}state: List[Tensor] = [{string.Join(", ", states.Select(s => $"torch.zeros({Sizes(s.Shape)}, dtype={Script.Number(s.DType)}, device={device})"))}]");
        Line(2, $"for {Local}block in range({module.DrawChunks}):");
        Line(3, $"{Local}start = torch.tensor({Local}block * {module.DrawChunk}, dtype=4, device={device})");
        var inputs = names.Select((_, i) => $"{Local}x{i}").Concat([Local + "first", Local + "total", module.TakesSeed ? Local + "seed" : Local + "start", Local + "start"])
            .Concat(kept.Select((name, i) => module.Values[i].PerChunk ? $"self.{name}[{Local}block]" : $"self.{name}"));
        Line(3, $"{Local}state = self.step([{string.Join(", ", inputs)}] + {Local}state, {Local}constants)");
        Line(2, $"{Local}found.append(self.finish({Local}state, {Local}last))");
        Line(1, $"{Local}results: Dict[str, Tensor] = {{}}");
        for (var o = 0; o < module.Outputs.Count; o++)
        {
            var (name, perRow) = module.Outputs[o];
            Line(1, perRow ? $"{Local}results[{Literal(name)}] = torch.cat([{Local}part[{o}] for {Local}part in {Local}found])[:{Local}rows]" : $"{Local}results[{Literal(name)}] = {Local}found[0][{o}]");
        }
        Line(1, $"return {Local}results");
        return text.ToString();

        void Line(int depth, string line) => text.Append(' ', 4 * depth).Append(line).Append('\n');

        void Check(ModuleInput input, string name, int index)
        {
            var width = input.Inner.Size.ToString(CultureInfo.InvariantCulture);
            var shape = $"[{string.Join(", ", input.Inner.Select(d => d.ToString(CultureInfo.InvariantCulture)).Prepend("n"))}]";
            var flat = input.Inner.Rank > 1 ? $" or [n, {width}]" : "";
            Line(1, $"assert {name}.dim() > 0 and {name}.size(0) == {Local}rows and {name}.numel() == {Local}rows * {width}, {Literal($"'{input.Name}' has the shape {shape}{flat}, with as many rows as the others")}");
            Line(1, $"{Local}all{index} = {name}.to({(input.IsInteger ? 4 : 7)}).reshape([{Local}rows, {width}])");
            if (input.Below is { } below)
                Line(1, $"assert bool(torch.all(torch.logical_and({Local}all{index} >= 0, {Local}all{index} < {below}))), {Literal($"'{input.Name}' has integers from 0 to {below - 1}")}");
        }
    }

    private static string BufferList(string method, int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => $"self.{method}_constant_{i}"));

    private static string Sizes(Shape shape) => shape.Rank == 0 ? "annotate(List[int], [])" : Script.List(shape);

    // Names that no keyword and nothing else here has.
    private static string[] Names(IEnumerable<string> names)
    {
        Tensor[] inputs = [.. names.Select(n => TensorMath.Input(n, DType.F64, []))];
        var found = InputNames.Of(new TensorGraph(inputs, inputs.Select((x, i) => ($"{i}", x))), []);
        return [.. inputs.Select(x => found[x] is "seed" or "rows" ? found[x] + "_" : found[x].StartsWith(Local, StringComparison.Ordinal) ? "x_" + found[x] : found[x])];
    }

    // A module's functions are its methods.
    private static string Methods(string functions) => Regex.Replace(Calls(functions), @"(?m)^def self\.(\w+)\(", "\ndef $1(self, ");

    private static string Calls(string text) => Regex.Replace(text, @"(?<![\w.])(\w+)\(", m => Prelude.Names.Contains(m.Groups[1].Value) ? $"self.{m.Value}" : m.Value);

    /// <summary>A string as TorchScript writes it.</summary>
    internal static string Literal(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\') result.Append('\\').Append(c);
            else if (c == '\n') result.Append("\\n");
            else result.Append(c);
        }
        return result.Append('"').ToString();
    }
}
