using System.Text;

namespace ProbNet.Language.Tests.Fuzzing;

/// <summary>Short programs whose values double again and again: the front end gives up with a diagnostic before time or memory does.</summary>
public class GrowthTests
{
    public static TheoryData<string, string, string> Doublings => new()
    {
        { "x @ x", "[1; 2]", "normal (length z + 0.0) 1.0" },
        { "x + x", "\"ab\"", "normal z 1.0" },
        { "(x, x)", "1.0", "normal z 1.0" },
        { "{ a = x; b = x }", "1.0", "normal z 1.0" },
        { "[x; x]", "1.0", "normal z 1.0" },
        { "x * x", "2", "normal z 1.0" },
        { "x * x", "n + m", "normal 0.0 1.0 |> iid [z]" },
        { "x * x + n", "m", "normal 0.0 1.0 |> iid [z]" },
        { "x / 2 + x * x", "n", "normal 0.0 1.0 |> iid [z]" },
        { "concat 0 [x; x]", "ones [n]", "normal (sum z) 1.0" },
        { "x >> x", "exp", "normal (z 1.0) 1.0" },
        { "x >=> x", "fun q -> normal q 1.0", "z 0.0" },
        { "fun q -> x (x q)", "exp", "normal (z 1.0) 1.0" },
        { "prob { let! a = x in return a + 1.0 }", "normal 0.0 1.0", "z" },
        { "prob { let! a = x; let! b = x; return a + b }", "normal 0.0 1.0", "z" },
        { "prob { let! a = x; let! b = x; return a }", "prob { return 1.0 }", "z" },
        { "map (fun q -> x) [1; 2]", "1.0", "normal z 1.0" },
        { "map (fun q -> x) [1; 2]", "normal 0.0 1.0", "z" },
        { "foldLayers (fun k h -> x) [1; 2] 0.0", "prob { return 1.0 }", "z" },
        { "iid [10] x", "normal 0.0 1.0", "z" },
        { "iid [10] x", "prob { let! a = normal 0.0 1.0; return a }", "z" },
        { "mixture [0.5; 0.5] [x; x]", "normal 0.0 1.0", "z" },
        { "x + x", "y", "normal (sum z) 1.0" },
        { "if sum x > 0.0 then x else exp x", "y", "normal (sum z) 1.0" },
        { "map (fun q -> sum x * q) x", "y", "normal (sum z) 1.0" },
    };

    [Theory]
    [MemberData(nameof(Doublings))]
    public async Task Doubling_forty_times_ends(string twice, string start, string use)
    {
        var text = new StringBuilder($"let twice x = {twice}\nmodel m [n, m] (y : real[n]) = prob {{\n    let z0 = {start}\n");
        for (var i = 0; i < 40; i++) text.Append($"    let z{i + 1} = twice z{i}\n");
        text.Append($"    let z = z40\n    let! r = {use}\n    let! s = normal 0.0 1.0 |> iid [n; m]\n    return (z, r)\n}}\n");
        var done = Task.Factory.StartNew(() => FrontEnd.Meets(text.ToString()), TaskCreationOptions.LongRunning);
        Assert.True(await Task.WhenAny(done, Task.Delay(TimeSpan.FromSeconds(60))) == done, $"no end:\n{text}");
        await done;
    }

    [Fact]
    public void Faults_of_a_campaign_are_told_with_the_shortest_input_first()
    {
        var failed = Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Campaign.Run(100, n => new string('x', 100 - n), text => text.Length > 97 ? throw new InvalidOperationException("planted") : Reach.Read));
        Assert.Contains("planted", failed.Message);
        Assert.True(failed.Message.IndexOf("input 2", StringComparison.Ordinal) < failed.Message.IndexOf("input 0", StringComparison.Ordinal), failed.Message);
    }
}
