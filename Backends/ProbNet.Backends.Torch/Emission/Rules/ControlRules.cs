using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Loops: the body is written once under a <c>for</c>.</summary>
internal static class ControlRules
{
    public static EmitRule[] Rows => [new(OpCode.Scan, Scan)];

    private static string Scan(Tensor node, string[] x, ScriptWriter script)
    {
        var loop = (Attributes.Loop)node.Attributes;
        var body = loop.Body;
        string[] carries = [.. body.Inputs.Take(loop.Carries).Select(_ => script.Fresh("carry"))];
        // What a loop of no steps would collect has no elements.
        string[] kept = [.. body.Outputs.Skip(loop.Carries).Where(_ => loop.Length > 0).Select(_ => script.Fresh("kept"))];
        for (var i = 0; i < carries.Length; i++) script.Line($"{carries[i]} = {x[i]}");
        foreach (var list in kept) script.Line($"{list}: List[Tensor] = []");
        if (loop.Length > 0) Steps(loop, x, carries, kept, script);
        var parts = carries.Select((name, i) => Script.Reshape(name, [body.Outputs[i].Value.Shape.Size]))
            .Concat(kept.Select((list, i) => Script.Reshape($"torch.stack({list})", [loop.Parts[loop.Carries + i].Size]))).ToArray();
        return parts.Length == 0 ? script.Constant(HostTensor.Zeros(node.DType, node.Shape)) : $"torch.cat([{string.Join(", ", parts)}])";
    }

    private static void Steps(Attributes.Loop loop, string[] x, string[] carries, string[] kept, ScriptWriter script)
    {
        var body = loop.Body;
        var at = script.Fresh("at");
        script.Line(loop.Reverse ? $"for {at} in range({loop.Length - 1}, -1, -1):" : $"for {at} in range({loop.Length}):");
        script.Indented(() =>
        {
            var names = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
            for (var i = 0; i < body.Inputs.Length; i++)
            {
                if (i < loop.Carries || i >= loop.Carries + loop.Sequences)
                {
                    names[body.Inputs[i]] = i < loop.Carries ? carries[i] : x[i];
                    continue;
                }
                names[body.Inputs[i]] = script.Fresh("v");
                script.Line($"{names[body.Inputs[i]]} = {x[i]}[{at}]", Script.Comment(body.Inputs[i]));
            }
            script.WriteNodes(body, names, script);
            string[] results = [.. body.Outputs.Select(output => names[output.Value])];
            for (var i = 0; i < kept.Length; i++) script.Line($"{kept[i]}.append({results[loop.Carries + i]})");
            if (carries.Length > 0) script.Line($"{string.Join(", ", carries)} = {string.Join(", ", results.Take(carries.Length))}");
        });
        if (loop.Reverse) foreach (var list in kept) script.Line($"{list}.reverse()");
    }
}
