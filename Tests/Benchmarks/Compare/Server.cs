using System.Text.Json;

namespace ProbNet.Benchmarks;

/// <summary>
/// Our steps on libtorch, timed on request in a process of their own, by the same protocol as PyTorch's (pytorch/server.py): one JSON object a line in, one out.
/// </summary>
internal static class Server
{
    private sealed record Request(string Op, string Name = "", double Seconds = 0, int Least = 0);

    /// <summary>Answers until the input ends.</summary>
    public static int Run(bool quick, int threads, TextReader input, TextWriter output)
    {
        var (backend, words) = Libtorch.Open(threads);
        Say(backend is null ? new { fault = words } : new { torch = words });
        if (backend is null) return 0;
        var cases = Cases.All(quick).SelectMany(g => g.Cases).ToDictionary(c => c.Name);
        var works = new Dictionary<string, IWork>();
        while (input.ReadLine() is { } line)
        {
            var request = JsonSerializer.Deserialize<Request>(line, JsonSerializerOptions.Web)!;
            Say(request.Op switch
            {
                "start" => Started(request.Name),
                "run" => Measure.Samples(works[request.Name].Run, request.Seconds, request.Least),
                "value" => ((EightSchools)works[request.Name]).Answer,
                _ => Cleared(),
            });
        }
        Cleared();
        return 0;

        double[] Started(string name)
        {
            var work = works[name] = cases[name].Make(backend, threads);
            // What runs often is compiled in the background, here and by libtorch after a few runs; that is to be over before the clock starts.
            Measure.Samples(work.Run, quick ? 0.002 : 1, 2);
            return [];
        }

        double[] Cleared()
        {
            foreach (var work in works.Values) work.Dispose();
            works.Clear();
            return [];
        }

        void Say(object answer)
        {
            output.WriteLine(JsonSerializer.Serialize(answer));
            output.Flush();
        }
    }
}
