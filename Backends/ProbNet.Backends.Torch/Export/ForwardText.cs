using System.Globalization;
using System.Text;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>The methods of a module that are not graphs: <c>forward</c>, which checks its arguments and cuts them into chunks, and one that computes a chunk of each size.</summary>
internal static class ForwardText
{
    // Local variables of forward begin with this; arguments do not.
    private const string Local = "pn_";

    /// <summary>Writes <c>forward</c>.</summary>
    /// <param name="module">The module.</param>
    /// <param name="buffer">A buffer, which tells the device where there are no arguments.</param>
    public static string Of(TorchModule module, string? buffer)
    {
        var names = Names(module.Inputs.Select(i => i.Name));
        var text = new Lines();
        var arguments = names.Length == 0 ? "rows: int" : string.Join(", ", names.Select(n => n + ": Tensor"));
        text.Add(0, $"def forward(self, {arguments}{(module.TakesSeed ? $", seed: int={Number(module.Seed)}" : "")}) -> Dict[str, Tensor]:");
        text.Add(1, $"{Local}rows = {(names.Length == 0 ? "rows" : $"{names[0]}.size(0) if {names[0]}.dim() > 0 else 0")}");
        text.Add(1, $"assert {Local}rows > 0, {Literal(names.Length == 0 ? "there is at least one row" : $"'{module.Inputs[0].Name}' has rows on its leading axis, at least one")}");
        for (var i = 0; i < names.Length; i++) Check(text, module.Inputs[i], names[i], $"{Local}x{i}");
        text.Add(1, $"{Local}device = {(names.Length == 0 ? "self." + buffer : names[0])}.device");
        text.Add(1, $"{Local}seed = torch.tensor({(module.TakesSeed ? "seed" : Number(module.Seed))}, dtype=4, device={Local}device)");
        text.Add(1, $"{Local}data: List[Tensor] = [{string.Join(", ", names.Select((_, i) => $"{Local}x{i}"))}]");
        text.Add(1, $"{Local}found: List[List[Tensor]] = []");
        for (var p = 0; p < module.Parts.Count; p++)
        {
            var rows = Number(module.Parts[p].Rows);
            var isLast = p == module.Parts.Count - 1;
            if (module.Parts.Count > 1) text.Add(1, isLast ? "else:" : $"{(p == 0 ? "if" : "elif")} {Local}rows <= {rows}:");
            var depth = module.Parts.Count > 1 ? 2 : 1;
            text.Add(depth, $"for {Local}begin in range(0, {Local}rows, {rows}):");
            text.Add(depth + 1, $"{Local}found.append(self.chunk_{rows}({Local}data, {Local}begin, {Local}rows, {Local}seed))");
        }
        text.Add(1, $"{Local}results: Dict[str, Tensor] = {{}}");
        for (var o = 0; o < module.Outputs.Count; o++)
        {
            var (name, perRow) = module.Outputs[o];
            text.Add(1, $"{Local}results[{Literal(name)}] = {(perRow ? $"torch.cat([{Local}part[{o}] for {Local}part in {Local}found])[:{Local}rows]" : $"{Local}found[0][{o}]")}");
        }
        text.Add(1, $"return {Local}results");
        return text.ToString();
    }

    /// <summary>Writes the method for chunks of one size. Rows past the last one repeat it.</summary>
    /// <param name="module">The module.</param>
    /// <param name="part">What it computes for that size.</param>
    /// <param name="kept">The names of the module's values.</param>
    /// <param name="step">The buffers that are the step's constants.</param>
    /// <param name="finish">The buffers that are the finish's constants.</param>
    public static string Chunk(TorchModule module, ModulePart part, string[] kept, string[] step, string[] finish)
    {
        var (text, rows) = (new Lines(), Number(part.Rows));
        text.Add(0, $"def chunk_{rows}(self, data: List[Tensor], begin: int, rows: int, seed: Tensor) -> List[Tensor]:");
        text.Add(1, $"at = torch.clamp(torch.arange(begin, begin + {rows}, dtype=4, device=seed.device), max=rows - 1)");
        text.Add(1, "first = torch.tensor(begin, dtype=4, device=seed.device)");
        text.Add(1, "total = torch.tensor(rows, dtype=4, device=seed.device)");
        text.Add(1, "raw: List[Tensor] = [torch.index_select(x, 0, at) for x in data]");
        text.Add(1, $"constants: List[Tensor] = [{Buffers(step)}]");
        var states = part.Step.Inputs[^part.Step.Outputs.Length..];
        text.Add(1, $"state: List[Tensor] = [{string.Join(", ", states.Select(s => $"torch.zeros({Sizes(s.Shape)}, dtype={Number(Script.Number(s.DType))}, device=seed.device)"))}]");
        text.Add(1, $"for block in range({Number(module.DrawChunks)}):");
        text.Add(2, $"start = torch.tensor(block * {Number(module.DrawChunk)}, dtype=4, device=seed.device)");
        var values = part.Values.Select(v => module.Values[v].PerChunk ? $"self.{kept[v]}[block]" : $"self.{kept[v]}");
        text.Add(2, $"state = self.step_{rows}(raw + [{string.Join(", ", values.Prepend("first, total, seed, start"))}] + state, constants)");
        text.Add(1, $"last: List[Tensor] = [{Buffers(finish)}]");
        text.Add(1, $"return self.finish_{rows}(state, last)");
        return text.ToString();
    }

    /// <summary>Names that no keyword, no function of the prelude and nothing else of a module has.</summary>
    public static string[] Names(IEnumerable<string> names)
    {
        Tensor[] inputs = [.. names.Select(n => TensorMath.Input(n, DType.F64, []))];
        var found = InputNames.Of(new TensorGraph(inputs, inputs.Select((x, i) => (Number(i), x))), []);
        return [.. inputs.Select(x => found[x] is "seed" or "rows" ? found[x] + "_" : found[x].StartsWith(Local, StringComparison.Ordinal) ? "x_" + found[x] : found[x])];
    }

    /// <summary>A string as TorchScript writes it.</summary>
    public static string Literal(string text)
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

    // Rows of several axes may come as one; numbers are taken in double precision, in which preprocessing was fitted.
    private static void Check(Lines text, ModuleInput input, string name, string whole)
    {
        var width = Number(input.Inner.Size);
        var shape = $"[{string.Join(", ", input.Inner.Select(d => Number(d)).Prepend("n"))}]";
        var message = Literal($"'{input.Name}' has the shape {shape}{(input.Inner.Rank > 1 ? $" or [n, {width}]" : "")}, with as many rows as every other argument");
        text.Add(1, $"assert {name}.dim() > 0 and {name}.size(0) == {Local}rows and {name}.numel() == {Local}rows * {width}, {message}");
        text.Add(1, $"{whole} = {name}.to({(input.IsInteger ? 4 : 7)}).reshape([{Local}rows, {width}])");
        if (input.Below is not { } below) return;
        text.Add(1, $"assert bool(torch.all(torch.logical_and({whole} >= 0, {whole} < {Number(below)}))), {Literal($"'{input.Name}' has integers from 0 to {below - 1}")}");
    }

    private static string Buffers(string[] names) => string.Join(", ", names.Select(n => "self." + n));

    private static string Sizes(Shape shape) => shape.Rank == 0 ? "annotate(List[int], [])" : Script.List(shape);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed class Lines
    {
        private readonly StringBuilder _text = new();

        public void Add(int depth, string line) => _text.Append(' ', 4 * depth).Append(line).Append('\n');

        public override string ToString() => _text.ToString();
    }
}
